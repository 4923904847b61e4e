# Usage: mawk -F, -f summary.awk FILE. Labels 0 and 1 alone; no quoted cells.
function result(name, sum, squares, baseline,    mean) {
    mean = sum / n
    printf "\"%s\": {\"n\": %d, \"mean\": %.17g, \"standard_error\": %.17g, " \
        "\"sum\": %.17g, \"baseline\": %.17g, \"skill\": %.17g}", name, n, mean, \
        sqrt((squares - sum * mean) / (n - 1) / n), sum, baseline, 1 - mean / baseline
}

BEGIN { getline }

{
    y = $2
    yhat = $3
    c = (y - yhat) ^ 2
    y_sum += y
    q_sum += c
    q_squares += c * c
    c = log(y == 1 ? yhat : 1 - yhat)
    x_sum -= c
    x_squares += c * c
}

END {
    n = NR - 1
    rate = y_sum / n
    printf "{"
    result("quadratic", q_sum, q_squares, rate - rate * rate)
    printf ", "
    result("cross_entropy", x_sum, x_squares, -(rate * log(rate) + (1 - rate) * log(1 - rate)))
    print "}"
}
