// An event stream from net/http, flushed after each message.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

type script struct {
	Messages []struct{ Event, Data, Id string }
	Retry    int
	End      bool
	Refuse   bool
}

func main() {
	text, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	var scripts map[string]script
	if err := json.Unmarshal(text, &scripts); err != nil {
		panic(err)
	}
	var refused sync.Map
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		name := request.URL.Path[1:]
		script := scripts[name]
		if _, was := refused.LoadOrStore(name, true); script.Refuse && !was {
			response.Header().Set("Retry-After", "1")
			response.WriteHeader(503)
			return
		}
		from, _ := strconv.Atoi(request.Header.Get("Last-Event-ID"))
		if script.End && from >= len(script.Messages) {
			response.WriteHeader(204)
			return
		}
		response.Header().Set("Content-Type", "text/event-stream")
		if script.Retry > 0 {
			fmt.Fprintf(response, "retry: %d\n\n", script.Retry)
		}
		for _, message := range script.Messages[from:] {
			if message.Event != "" {
				fmt.Fprintf(response, "event: %s\n", message.Event)
			}
			data := strings.ReplaceAll(message.Data, "\n", "\ndata: ")
			fmt.Fprintf(response, "id: %s\ndata: %s\n\n", message.Id, data)
			response.(http.Flusher).Flush()
		}
		if !script.End {
			<-request.Context().Done()
		}
	})
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
