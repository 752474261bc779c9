"""The study app: the map, the workbench and the results as pages of a browser, served on this computer alone.

No mathematics here. `verbs` asks Agnesi's verbs and returns plain data, in worker processes; `pages` makes pages of it;
`store` keeps what a person makes. `agnesi study` starts it.
"""
