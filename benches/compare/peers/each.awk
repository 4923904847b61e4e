# Usage: mawk -F, -f each.awk FILE. Labels 0 and 1 alone; no quoted cells.
BEGIN {
    CONVFMT = OFMT = "%.17g"
    OFS = ","
    getline
    print $0, "quadratic", "cross_entropy"
}

{
    yhat = $3
    d = $2 - yhat
    print $0, d * d, -log($2 == 1 ? yhat : 1 - yhat)
}
