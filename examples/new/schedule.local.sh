#!/bin/sh
#
# Submits the job.  It is run on the server, in a checkout of the commit that
# was pushed; its time is limited, and what it prints is shown by git push.
# Parameters (gitbatch-tui submit -o lr=0.1) are here as $GITBATCH_OPTION_lr.
#
# local: in the background, as soon as one of this machine's slots is free.

"$GITBATCH" spawn ./run.sh
