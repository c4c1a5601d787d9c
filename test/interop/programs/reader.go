// Reads an event stream with bufio.Scanner, as is usual in Go, and prints each event as JSON.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
)

func main() {
	request, err := http.NewRequest("GET", os.Args[1], nil)
	check(err)
	if len(os.Args) > 2 && os.Args[2] != "" {
		request.Header.Set("Last-Event-ID", os.Args[2])
	}
	response, err := http.DefaultClient.Do(request)
	check(err)
	defer response.Body.Close()
	if response.StatusCode != 200 {
		check(fmt.Errorf("status %d", response.StatusCode))
	}
	scanner := bufio.NewScanner(response.Body)
	if os.Getenv("BUFFER") != "" {
		scanner.Buffer(nil, 4<<20)
	}
	event := map[string]string{}
	for scanner.Scan() {
		line := scanner.Text()
		if line == "" {
			if _, has := event["data"]; has {
				if event["event"] == "" {
					event["event"] = "message"
				}
				text, err := json.Marshal(event)
				check(err)
				fmt.Println(string(text))
			}
			event = map[string]string{}
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		if data, has := event["data"]; has && field == "data" {
			value = data + "\n" + value
		}
		if field != "" {
			event[field] = value
		}
	}
	check(scanner.Err())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
