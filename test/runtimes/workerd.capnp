using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ( name = "main",
      worker = (
        modules = [ ( name = "worker", esModule = embed "worker.mjs" ) ],
        compatibilityDate = "2026-01-01",
        bindings = [ ( name = "STAGE_URL", fromEnvironment = "STAGE_URL" ) ]
      )
    ),
    ( name = "internet", network = ( allow = ["public", "private", "local"] ) )
  ]
);
