"""What a person is, and how a population is drawn."""
