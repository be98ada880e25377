#!/usr/bin/python
"""Write files of a report. The work is done by the action plugin of this name, without a process of its own."""

DOCUMENTATION = r"""
module: report_files
short_description: Write files of a report
description:
  - Makes the folder and writes each file whole, or not at all, on the machine that runs Ansible.
  - Never reports a change. What a run tells of a lab is no change of it.
options:
  folder: {description: Folder of the files; made if it is missing., type: path, required: true}
  files: {description: Content of each file by its name., type: dict, required: true}
  mode: {description: "Their permissions, octal.", type: str, default: "0644"}
author: [catdog-lab]
"""

EXAMPLES = r"""
- name: Write the result
  catdog.lab.report_files:
    folder: reports/attendee1
    files:
      result.json: "{{ result | to_nice_json }}"
"""

RETURN = r"""
paths:
  description: Where the files are.
  type: list
  elements: path
  returned: always
"""
