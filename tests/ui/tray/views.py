"""Views as the keeper would tell them."""

from dataclasses import replace

from launcher.keeper.view import Installed, Phase, Question, View
from launcher.network.addresses import Kind, LocalAddress
from launcher.problem import Problem

AT_HOME = LocalAddress("192.168.0.5", "eth0", Kind.ETHERNET, local=True)
ELSEWHERE = LocalAddress("10.0.0.7", "wlan0", Kind.WIFI, local=True)

FIRST_RUN = View()
STOPPED = View(installation=Installed("/st", "1.19.0", "yaml", ours=True))
STARTING = replace(STOPPED, phase=Phase.STARTING, port=8000)
RUNNING = replace(STOPPED, phase=Phase.RUNNING, pid=7, port=8000, addresses=(AT_HOME,))
STOPPING = replace(RUNNING, phase=Phase.STOPPING)
CRASHED = replace(
    STOPPED, phase=Phase.CRASHED, problem=Problem("SillyTavern keeps stopping by itself.", "See the log.")
)
ASKED = replace(RUNNING, question=Question("192.168.0.20", "", "iPhone · Safari"))
