"""One answer: what was assumed, what the trials found, what the model concludes, how sure, and in which words."""
