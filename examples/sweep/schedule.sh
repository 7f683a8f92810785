#!/bin/sh
"$GITBATCH" spawn ./run.sh
