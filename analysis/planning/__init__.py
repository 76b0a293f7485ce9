"""Planning a trial: what it would show, what it costs and what it is worth, before anybody is asked."""
