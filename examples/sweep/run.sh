#!/bin/sh
# The parameters of this run, with what holds where one isn't given
exec python3 train.py \
	--lr "${GITBATCH_OPTION_lr:-0.3}" \
	--momentum "${GITBATCH_OPTION_momentum:-0}" \
	--seed "${GITBATCH_OPTION_seed:-1}"
