"""Makes meta/argument_specs.yml and the tables of README.md of each role from its defaults/main.yml and task files.

inputs        reads defaults/main.yml: name, comment, default, type, choices of every input
entry_points  finds a role's entry points, and which inputs each reads
specification writes meta/argument_specs.yml
readme        writes the tables between the markers of README.md
"""
