# THREADMILL_AMQP: whether the durable group chat, and the generator, can talk with RabbitMQ. All else does without librabbitmq.
find_library(RABBITMQ_LIBRARY rabbitmq)
find_path(RABBITMQ_INCLUDE_DIR amqp.h)
if(RABBITMQ_LIBRARY AND RABBITMQ_INCLUDE_DIR)
  set(THREADMILL_AMQP ON)
else()
  set(THREADMILL_AMQP OFF)
  message(STATUS "threadmill groupchat, the durable chat over RabbitMQ, and load over AMQP are left out: no librabbitmq found (Debian: librabbitmq-dev)")
endif()
