"""The jobs of runs: whose they are, what their schedulers say of them, orders to them."""
