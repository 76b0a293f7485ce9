"""The search finds planted rules, finds nothing where there is nothing, and is truly the best."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from analysis.who.policy_tree import Leaf, Node, Split, actions_of, best_tree, choose_depth, leaves


@pytest.fixture
def masks() -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.random.default_rng(7).random((6, 400)) < 0.5


def test_a_planted_rule_is_found(masks: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> None:
    random = np.random.default_rng(1)
    planted = masks[2] & ~masks[4]
    rewards = random.normal(0.0, 1.0, size=(400, 2))
    rewards[:, 1] += np.where(planted, 1.5, -1.5)
    fold = np.arange(400) % 5
    assert choose_depth(rewards, masks, fold, 3, 10) == 2
    assert (actions_of(best_tree(rewards, masks, 2, 10), masks) == planted).all()


def test_pure_noise_gives_no_rule(masks: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> None:
    random = np.random.default_rng(2)
    depths = [choose_depth(random.normal(size=(400, 3)), masks, np.arange(400) % 5, 2, 10) for _ in range(20)]
    assert depths.count(0) >= 17


def test_equal_scenarios_give_no_rule(masks: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> None:
    rewards = np.repeat(np.random.default_rng(3).normal(size=(400, 1)), 2, axis=1)
    assert best_tree(rewards, masks, 3, 10) == Leaf(0)


def test_no_tree_of_two_questions_does_better() -> None:
    random = np.random.default_rng(4)
    masks = random.random((4, 60)) < 0.5
    rewards = random.integers(-5, 6, size=(60, 3)).astype(float)
    tree = best_tree(rewards, masks, 2, 1)
    found = rewards[np.arange(60), actions_of(tree, masks)].sum()
    tried = -np.inf
    for a, b, c in product(range(4), repeat=3):
        parts = (masks[a] & masks[b], masks[a] & ~masks[b], ~masks[a] & masks[c], ~masks[a] & ~masks[c])
        if all(part.any() for part in parts):
            tried = max(tried, sum(rewards[part].sum(axis=0).max() for part in parts))
    assert found == pytest.approx(max(tried, rewards.sum(axis=0).max()))


def test_no_leaf_is_smaller_than_asked(masks: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> None:
    rewards = np.random.default_rng(5).normal(size=(400, 2))
    tree = best_tree(rewards, masks, 3, 40)
    splits = [Split(str(n), f"not {n}", mask) for n, mask in enumerate(masks)]
    listed = list(leaves(tree, splits))
    assert len(listed) > 1

    def sizes(node: Leaf | Node, here: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[int]:
        if isinstance(node, Leaf):
            return [int(here.sum())]
        mask = masks[node.number]
        return sizes(node.yes, here & mask) + sizes(node.no, here & ~mask)

    assert min(sizes(tree, np.ones(400, dtype=bool))) >= 40
