"""Long runs against everything that can go wrong: ``make soak``. The tests run a short form of each."""
