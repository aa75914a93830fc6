"""How gunicorn runs: `gunicorn -c python:peersupport.serving.gunicorn_conf peersupport.wsgi:application`."""

logger_class = "peersupport.serving.log.DiscreetLogger"
#: A request that takes longer is given up; nothing of ours takes a tenth of it.
timeout = 30
graceful_timeout = 20
#: Nobody steers the running server by a socket in a home folder.
control_socket_disable = True
#: Small heads: an address or a header is never long here.
limit_request_line = 4094
limit_request_fields = 60
