"""The processes of the server: a supervisor, workers that predict, and a waiting room while none of them is ready.

story.py       the start: sockets, waiting room, model, workers, then supervision until the end; what main.py calls
context.py     what a child process is made with, and what the composition (compose.py) has to offer
launch.py      what is known when the first child is forked
supervisor.py  welcomes workers, replaces those that die or hang, gives up
watch.py       which workers hang
patience.py    how long the supervisor bears with a worker
deaths.py      how a process died, when to replace it, when to give up
reception.py   when the waiting room is open
crew.py        the child processes, with what is known of each
worker.py      what a worker does: loads the model, or has it from the supervisor, and serves it
room.py        what the waiting room does
life.py        a child on its event loop: ready, stopping, stuck
lifeline.py    a child that is busy otherwise notices the end of the supervisor
child.py       fork, and a clean start on the other side
board.py       the memory that all processes share: each one's state, connections and heartbeat
report.py      what a child tells the supervisor: that it is ready, or why it cannot be
sizing.py      how many workers, and how many threads for native libraries
native.py      the threads of OpenMP, OpenBLAS and MKL
memory.py      the model loaded before the fork, and whether forking is safe after it
fetching.py    a model that is not in the image, fetched by a child
resume.py      the server starting itself anew when the model's threads forbid a fork
signals.py     signals waited for, not handled
"""
