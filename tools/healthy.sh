#!/bin/bash
# healthy PORT PATH: whether http://localhost:PORT/PATH answers 200. Not every JRE image has curl or wget; all have bash.
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
read -r -t 5 status <&3
[[ $status == *' 200 '* ]]
