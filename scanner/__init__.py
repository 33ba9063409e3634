"""azgate: a policy-as-code governance scanner for AI workloads on Azure."""
