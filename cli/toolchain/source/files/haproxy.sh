#!/bin/sh
# CAPD's configuration asks for maxconn 100000, which needs about 200000 open files. Where the limit is lower,
# haproxy refuses to start ("Cannot raise FD limit") and the cluster's address stays dead. A limit on the command
# line overrides the configuration; a development cluster is far below it.
exec /usr/sbin/haproxy -n 4000 "$@"
