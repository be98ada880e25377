"""What tests start ends with them."""

# The kernel kills what is run by this when whoever began it ends, in whatever way.
ENDS_WITH_US = ("setpriv", "--pdeathsig", "KILL")
