#!/bin/bash
# Uncomment what should differ.

#venv_dir="venv"
#export COMMANDLINE_ARGS=""
