"""Official responsibility document -> Draft of a Plan, with everything a person should look at."""
