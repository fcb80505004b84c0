"""caisson's `/predict`: `{"inputs": …}` to what the model takes, with errors that name row and column."""
