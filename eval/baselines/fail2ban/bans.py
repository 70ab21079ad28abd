"""Bans that Fail2ban would give out for a log in a file, in the log's own time.

The real jail of Fail2ban's own configuration is loaded by its own reader into its own server object, and every line goes
through its filter with its clock (MyTime) set to the time of the line. Nothing is banned: the tickets are printed instead.

usage: bans.py JAIL MAXRETRY LOG        (MAXRETRY 0: what the configuration says)

Prints JSON lines: first how the jail is set, then each ban with the time (seconds since 1970) of the line that caused it.
"""
import calendar
import json
import logging
import re
import sys
import time

from fail2ban.client.jailreader import JailReader
from fail2ban.server.mytime import MyTime
from fail2ban.server.server import Server

TIME = re.compile(r"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)?\]")


def configured(name):
    """The jail as Fail2ban's configuration has it, without its log files and actions."""
    reader = JailReader(name, force_enable=True)
    if not reader.read() or not reader.getOptions():
        sys.exit("fail2ban's configuration has no jail " + name)
    server = Server()
    transmitter = server._Server__transm
    transmitter.proceed(["add", name, "polling"])
    wanted = ("maxretry", "findtime", "prefregex", "addfailregex", "addignoreregex", "datepattern", "maxlines", "usedns")
    for command in reader.convert(allow_no_files=True):
        if command[0] in ("set", "multi-set") and command[2] in wanted:
            code, result = transmitter.proceed(command)
            if code != 0:
                sys.exit("fail2ban does not take %r: %s" % (command, result))
    return server._Server__jails[name]


def main():
    name, maxretry = sys.argv[1], int(sys.argv[2])
    logging.disable(logging.CRITICAL)
    jail = configured(name)
    filter_ = jail.filter
    # The machine that judges is not the one that was attacked.
    filter_.ignoreSelf = False
    if maxretry > 0:
        filter_.setMaxRetry(maxretry)
    out = sys.stdout
    jail.putFailTicket = lambda ticket: out.write(json.dumps(
        {"time": MyTime.time(), "ip": str(ticket.getID()), "failures": ticket.getAttempt()}) + "\n")
    settings = {"maxretry": filter_.getMaxRetry(), "findtime": filter_.getFindTime(), "regexes": len(filter_.getFailRegex())}
    out.write(json.dumps(settings) + "\n")
    with open(sys.argv[3], encoding="utf-8", errors="replace") as log:
        for line in log:
            found = TIME.match(line)
            if found is None:
                continue
            seconds = calendar.timegm(time.strptime(found.group(1), "%Y-%m-%d %H:%M:%S"))
            MyTime.setTime(seconds + float(found.group(2) or 0))
            filter_.processLineAndAdd(line.rstrip("\n"))


main()
