"""The best rule of bounded complexity: an exact search for the shallow tree with the highest total reward.

Given what every action would bring every person, the best tree of depth 1 tries all splits and takes the
best action on each side; a tree of depth d tries all first splits with the best trees of depth d - 1 below.
Rewards are rounded to whole numbers (one part in a million of their spread), so that sums are exact and the
same tree is found on every machine. A split that gains nothing is not made. After: Zhou, Athey and
Wager (2023), "Offline multi-action policy learning"; the depth is chosen by cross-validation over people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.inference.interval import NINETY

__all__ = [
    "MOST_DEPTH",
    "Leaf",
    "Node",
    "Split",
    "Tree",
    "actions_of",
    "best_tree",
    "choose_depth",
    "leaves",
    "left_out",
]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
MOST_DEPTH = 3


@dataclass(frozen=True)
class Split:
    """A question with yes or no: its text, its opposite, and the answer of each person."""

    yes: str
    no: str
    mask: Mask


@dataclass(frozen=True)
class Leaf:
    """Everybody here gets `action` (its number)."""

    action: int


@dataclass(frozen=True)
class Node:
    """A question; `number` is its place in the list of splits."""

    number: int
    yes: Tree
    no: Tree


Tree = Leaf | Node


def best_tree(rewards: Array, masks: Mask, depth: int, least: int) -> Tree:
    """Return the best tree of at most `depth` questions below each other.

    Args:
        rewards: [people, actions], larger is better; action 0 wins ties.
        masks: [splits, people].
        depth: 0 gives one action to all.
        least: fewest people in a leaf.
    """
    return _search(_whole(rewards), masks, np.arange(len(rewards)), depth, least)[1]


def actions_of(tree: Tree, masks: Mask) -> npt.NDArray[np.int64]:
    """Return the action of each person, shape [people]."""
    if isinstance(tree, Leaf):
        return np.full(masks.shape[1], tree.action, dtype=np.int64)
    return np.where(masks[tree.number], actions_of(tree.yes, masks), actions_of(tree.no, masks))


def leaves(tree: Tree, splits: Sequence[Split], path: tuple[str, ...] = ()) -> Iterator[tuple[str, int]]:
    """Give the leaves as (condition, action); the condition of the only leaf is empty."""
    if isinstance(tree, Leaf):
        yield " and ".join(path), tree.action
        return
    split = splits[tree.number]
    yield from leaves(tree.yes, splits, (*path, split.yes))
    yield from leaves(tree.no, splits, (*path, split.no))


def choose_depth(rewards: Array, masks: Mask, fold: npt.NDArray[np.int64], most: int, least: int) -> int:
    """Return the smallest depth that people left out do not do clearly worse under than under the best.

    *Clearly* is 1.645 standard errors of the difference between persons (`left_out`).
    """
    gained = left_out(rewards, masks, fold, most, least)
    best = int(np.argmax(gained.mean(axis=1)))
    for depth in range(best):
        behind = gained[best] - gained[depth]
        if behind.mean() <= NINETY * behind.std(ddof=1) / np.sqrt(len(behind)):
            return depth
    return best


def left_out(rewards: Array, masks: Mask, fold: npt.NDArray[np.int64], most: int, least: int) -> Array:
    """Return what each person gets under the best tree of each depth, shape [depths, people].

    Cross-validation: the tree of each depth is grown without one fold of people and valued on it. No question
    at all is given its best: the one action that turned out best for everybody.
    """
    single = int(np.argmax(rewards.sum(axis=0)))
    gained = np.zeros((most + 1, len(rewards)))
    gained[0] = rewards[:, single]
    for held in np.unique(fold):
        out = fold == held
        for depth in range(1, most + 1):
            tree = best_tree(rewards[~out], masks[:, ~out], depth, least)
            chosen = actions_of(tree, masks[:, out])
            gained[depth, out] = np.take_along_axis(rewards[out], chosen[:, None], axis=1)[:, 0]
    return gained


def _whole(rewards: Array) -> Array:
    """Return rewards against action 0 as whole numbers, so that every sum is exact."""
    against = rewards - rewards[:, :1]
    size = float(np.abs(against).max(initial=0.0))
    whole: Array = np.zeros_like(against) if size == 0.0 else np.round(against / size * 1e6)
    return whole


def _search(rewards: Array, masks: Mask, people: npt.NDArray[np.int64], depth: int, least: int) -> tuple[float, Tree]:
    mine = rewards[people]
    total = mine.sum(axis=0)
    action = int(np.argmax(total))
    best: tuple[float, Tree] = (float(total[action]), Leaf(action))
    if depth == 0 or len(people) < 2 * least:
        return best
    asked = masks[:, people]
    size = asked.sum(axis=1)
    fits = (size >= least) & (len(people) - size >= least)
    if depth == 1:
        sums = asked.astype(np.float64) @ mine
        value = np.where(fits, sums.max(axis=1) + (total - sums).max(axis=1), -np.inf)
        top = int(np.argmax(value))
        if value[top] <= best[0]:
            return best
        yes, no = int(np.argmax(sums[top])), int(np.argmax(total - sums[top]))
        return float(value[top]), Node(top, Leaf(yes), Leaf(no))
    shallow = _search(rewards, masks, people, depth - 1, least)
    best = shallow if shallow[0] > best[0] else best
    for number in np.flatnonzero(fits).tolist():
        yes_value, yes_tree = _search(rewards, masks, people[asked[number]], depth - 1, least)
        no_value, no_tree = _search(rewards, masks, people[~asked[number]], depth - 1, least)
        if yes_value + no_value > best[0]:
            best = (yes_value + no_value, Node(number, yes_tree, no_tree))
    return best
