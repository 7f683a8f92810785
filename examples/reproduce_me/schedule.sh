#!/bin/sh
# Submits run.sh to the embedded scheduler of the batch remote.
exec "$GITBATCH" spawn ./run.sh
