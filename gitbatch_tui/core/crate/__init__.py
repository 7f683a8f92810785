"""Runs as Workflow Run RO-Crates (profile Process Run Crate): to hand on, to cite, to run again."""
