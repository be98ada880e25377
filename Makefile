# Everything the lab does, by one word each: `make help`. Options go through as ARGS, e.g. make lab ARGS='-e lab_kafka_profile=compact'.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
COMMA := ,

# What the tools keep or cache goes to the build cache or into the checkout, never into the home folder or /tmp.
export CATDOG_LAB_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/catdog-lab
export ANSIBLE_HOME := $(CURDIR)/.ansible
export ANSIBLE_REMOTE_TEMP := $(CURDIR)/.ansible/tmp
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
export PIP_CACHE_DIR := $(CATDOG_LAB_CACHE)/pip
export KUBECACHEDIR := $(CATDOG_LAB_CACHE)/kube
export TMPDIR := $(CATDOG_LAB_CACHE)/tmp
export PYTHONPATH := $(CURDIR)/app/src
export LC_ALL := C.UTF-8
# A proxy is for what is outside: this machine's own addresses are reached without one. (Playbooks see to it themselves: lab_environment.)
NOT_PROXIED := $(or $(no_proxy),$(NO_PROXY))
export NO_PROXY := localhost,127.0.0.1,::1$(if $(NOT_PROXIED),$(COMMA)$(NOT_PROXIED))
export no_proxy := $(NO_PROXY)
export K8S_AUTH_NO_PROXY := $(NO_PROXY)
# Each Ansible module is a process of its own: without compiled files it would compile all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE

export INVENTORY ?= inventories/embedded
ARGS ?=
# The verb that tries again what failed.
VERB = $@
# As the role has it; quoted for Ansible where there is a blank in it.
PICTURES_INPUT = kafka_client_pictures=$(if $(word 2,$(PICTURES)),'"$(PICTURES)"',$(PICTURES))
PLAYBOOK = LAB_PROGRESS_VERB=$(VERB) .venv/bin/ansible-playbook --inventory $(INVENTORY)
ROLE ?=
FIGURE ?=
EVERY ?=
PICTURES ?=
MIRROR ?=

# Which targets read what is given. What nobody would read is an error, never dropped.
TAKE_INVENTORY := preflight login supplies lab retry verify status progress send reset teardown clean distclean
TAKE_ARGS := $(TAKE_INVENTORY) test-operator lock manuals
TAKE_ROLE := test-role
TAKE_FIGURE := bench
TAKE_EVERY := progress
TAKE_PICTURES := send
TAKE_MIRROR := supplies
INPUTS := INVENTORY ARGS ROLE FIGURE EVERY PICTURES MIRROR
# What tools read from the environment, into which make puts its command line.
ENVIRONMENT := CATDOG_% LAB_PROGRESS_% LAB_OPENSHIFT_% LAB_REGISTRY_% REMOVE_LAB KUBECONFIG %_PROXY %_proxy PIP_% GO% ANSIBLE_% K8S_AUTH_% XDG_% HOME
GOALS := $(or $(MAKECMDGOALS),help)
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
NOT_KNOWN := $(filter-out $(INPUTS) $(ENVIRONMENT),$(GIVEN))
define REFUSAL
make knows no variable $(NOT_KNOWN). It takes $(INPUTS), and what tools take from the environment: $(subst %,…,$(ENVIRONMENT)).\
 Options of the lab go through ARGS: ARGS='-e $(firstword $(filter lab_%,$(NOT_KNOWN)) lab_kafka_profile)=…'
endef
$(if $(NOT_KNOWN),$(error $(REFUSAL)))
$(foreach input,$(filter $(INPUTS),$(GIVEN) $(if $(strip $(ARGS)),ARGS)),$(foreach goal,$(filter-out $(TAKE_$(input)),$(GOALS)),\
  $(error `make $(goal)` takes no $(input). These do: $(TAKE_$(input)))))

##@ The lab
.PHONY: preflight
preflight: setup ## Tell before anything is changed what is not well, and how many seats there are (seconds)
	@$(PLAYBOOK) playbooks/preflight.yml $(ARGS)

.PHONY: login
login: setup ## Log in to OpenShift by user and password or token (INVENTORY=inventories/openshift, which says how; seconds)
	@$(PLAYBOOK) playbooks/login.yml $(ARGS)

.PHONY: supplies
supplies: setup ## List all that a run takes from outside, images by digest, downloads by sum; or copy the images (MIRROR=registry/path)
	@$(PLAYBOOK) playbooks/supplies.yml $(if $(MIRROR),-e lab_mirror=$(MIRROR)) $(ARGS)

.PHONY: lab
lab: setup ## Set up and run the whole lab to its verified end (first time up to 20 minutes, later a minute)
	@$(PLAYBOOK) playbooks/site.yml $(ARGS)

.PHONY: retry
retry: VERB = lab
retry: setup ## The same for those attendees only whose lab is not ready since the last run
	@if [ -s .ansible/unready ]; then $(PLAYBOOK) playbooks/site.yml --limit @.ansible/unready $(ARGS); \
	else echo "No attendee of the last run is left without a lab. For all of them: make lab"; fi

.PHONY: verify
verify: setup ## Send a cat and a dog through the running lab and check the answers (a minute)
	@$(PLAYBOOK) playbooks/verify.yml $(ARGS)

.PHONY: status
status: setup ## Show the state of every part in one table; fails if one is not well (seconds)
	@$(PLAYBOOK) playbooks/status.yml $(ARGS)

.PHONY: progress
progress: setup ## What each attendee has done, and a page for the projector (seconds; EVERY=30: again and again, until Ctrl-C)
	@$(PLAYBOOK) playbooks/progress.yml $(ARGS)$(if $(EVERY), && while sleep $(EVERY); do $(PLAYBOOK) playbooks/progress.yml $(ARGS) || exit; done)

.PHONY: send
send: setup ## Send pictures to each attendee's topic, e.g. make send PICTURES=cats (a minute; the first time two more)
	@$(PLAYBOOK) playbooks/send.yml $(if $(PICTURES),-e $(PICTURES_INPUT)) $(ARGS)

.PHONY: reset
reset: setup ## Put the attendee's lab back to the state right after provisioning; asks first (two minutes)
	@$(PLAYBOOK) playbooks/reset.yml $(ARGS)

.PHONY: teardown
teardown: setup ## Remove topic, cluster, namespace and operator; the Kubernetes cluster stays (two minutes)
	@$(PLAYBOOK) playbooks/teardown.yml $(ARGS)

##@ Tests
.PHONY: test
test: setup-test ## Set up and run all tests: lint, unit tests, every Molecule scenario (root; half an hour to an hour)
	@scripts/run-tests all

.PHONY: test-fast
test-fast: setup-test ## Lint and unit tests only (no root, no cluster; up to four minutes)
	@scripts/run-tests fast

.PHONY: test-role
test-role: setup-test ## One Molecule scenario, e.g. make test-role ROLE=preflight (minutes)
	@scripts/run-tests scenario $(ROLE)

.PHONY: test-operator
test-operator: setup-test ## Strimzi's contract over the embedded operator (root; minutes), or over KUBECONFIG's cluster
	@scripts/run-tests operator $(ARGS)

.PHONY: test-oldest
test-oldest: ## Unit tests of the collection, and guards, with the oldest Ansible that is supported (no root; six minutes)
	@scripts/setup oldest
	@# The one that is left out asks for the newest.
	@.venv-oldest/bin/python -m pytest -q --numprocesses=2 --dist=loadfile tests/unit tests/guards \
	  --deselect tests/unit/test_tool_versions.py::test_the_locked_tools_are_those_that_run_here

.PHONY: lint
lint: setup-test ## ruff, yamllint and ansible-lint (a minute)
	@scripts/run-tests lint

##@ Set-up and removal
.PHONY: setup
setup: ## Build the lab's Python environment and link it to .venv (half a minute, once)
	@scripts/setup lab

.PHONY: setup-test
setup-test: setup ## Build the tests' Python environment and link it to .venv-test (two minutes, once)
	@scripts/setup test

.PHONY: lock
lock: ## Resolve pyproject.toml into locks/ anew (needs uv; ARGS=--upgrade for newer versions)
	@scripts/lock $(ARGS)

.PHONY: manuals
manuals: setup ## Make each role's argument specification and README tables from its defaults (a second; ARGS=--check compares)
	@cd scripts && ../.venv/bin/python -m role_manuals $(ARGS)

.PHONY: clean
clean: ## Remove this checkout's clusters (lab, tests) and everything generated in it; the build cache stays (a minute)
	@LAB_PROGRESS_VERB=$@ scripts/clean lab $(ARGS)

.PHONY: distclean
distclean: ## The same, and the build cache too
	@LAB_PROGRESS_VERB=$@ scripts/clean all $(ARGS)

##@ Figures
.PHONY: bench
bench: ## Measure one figure, e.g. make bench FIGURE=lab_running; without FIGURE: the list (minutes to half an hour)
	@bench/figures $(FIGURE)

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z][a-z-]*:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@printf '\nThe instructor'\''s options: inventories/embedded/group_vars/all/. The way through: README.md.\n'
