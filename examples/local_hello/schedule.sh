#!/bin/sh
#
# Hands the job to the embedded scheduler: it runs in the background, as
# soon as one of this machine's slots is free.

"$GITBATCH" spawn ./run.sh
