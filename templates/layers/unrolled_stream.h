$comment$
$signature$ {
    $body$
}
