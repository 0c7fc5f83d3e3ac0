// Samsung's own Terraform SDK: the endpoints catalogue, discovery, and calls to the IAM subset through its generated client.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	scpsdk "github.com/SamsungSDSCloud/terraform-sdk-samsungcloudplatformv2/client"
)

func check(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func main() {
	authURL := os.Getenv("CONTROL") + "/scp/iam/v1"
	access, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	catalog := scpsdk.NewCatalog(authURL, access, secret, "kr-west1")
	for _, service := range []string{"scp-iam", "scp-sts", "scp-product", "object-store"} {
		url, err := catalog.GetEndpoint(service, "", "")
		check(err)
		fmt.Println(service, url)
	}
	product, err := catalog.GetEndpoint("scp-product", "", "")
	check(err)
	response, err := http.Get(product)
	check(err)
	body, _ := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, string(body))

	url := product + "/v1/products/OBJECTSTORAGE"
	timestamp := strconv.FormatInt(time.Now().UnixMilli(), 10)
	request, err := http.NewRequest("GET", url, nil)
	check(err)
	request.Header[scpsdk.HeaderClientType] = []string{scpsdk.ClientType}
	request.Header[scpsdk.HeaderAccountId] = []string{""}
	request.Header[scpsdk.HeaderAccessKey] = []string{access}
	request.Header[scpsdk.HeaderTimestamp] = []string{timestamp}
	request.Header[scpsdk.HeaderSignature] = []string{scpsdk.MakeHmacSignature("GET", url, timestamp, access, secret, "", scpsdk.ClientType)}
	response, err = http.DefaultClient.Do(request)
	check(err)
	body, _ = io.ReadAll(response.Body)
	utc, err := scpsdk.ConvertTimestampsToUTC(body)
	check(err)
	var shown map[string]any
	check(json.Unmarshal(utc, &shown))
	if response.StatusCode != 200 || shown["created_at"] != "2024-01-01T00:00:00Z" {
		check(fmt.Errorf("%d %s", response.StatusCode, utc))
	}
	fmt.Println("scp-go: all passed")
}
