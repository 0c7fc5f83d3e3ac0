// Two Swift libraries for Go against one server: gophercloud (v3 authentication) and ncw/swift (v1). What one makes the other reads.
package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/objectstorage/v1/accounts"
	"github.com/gophercloud/gophercloud/v2/openstack/objectstorage/v1/containers"
	"github.com/gophercloud/gophercloud/v2/openstack/objectstorage/v1/objects"
	"github.com/ncw/swift/v2"
)

func check(err error) {
	if err != nil {
		log.Output(2, err.Error())
		os.Exit(1)
	}
}

func expect(ok bool, what string) {
	if !ok {
		log.Output(2, "expected: "+what)
		os.Exit(1)
	}
}

func main() {
	ctx := context.Background()
	password := os.Getenv("ROOT_PASSWORD")
	provider, err := openstack.AuthenticatedClient(ctx, gophercloud.AuthOptions{
		IdentityEndpoint: os.Getenv("CONTROL") + "/v3",
		Username:         "root", Password: password, TenantName: "root", DomainName: "Default",
	})
	check(err)
	client, err := openstack.NewObjectStorageV1(provider, gophercloud.EndpointOpts{Region: "KR1"})
	check(err)

	_, err = containers.Create(ctx, client, "gopher_box", containers.CreateOpts{
		Metadata: map[string]string{"Color": "red"}, ContainerRead: ".r:*,.rlistings",
	}).Extract()
	check(err)
	body := bytes.Repeat([]byte("gopher"), 100000)
	created, err := objects.Create(ctx, client, "gopher_box", "dir/one", objects.CreateOpts{
		Content: bytes.NewReader(body), ContentType: "text/x-go", Metadata: map[string]string{"Kind": "text"},
	}).Extract()
	check(err)
	expect(created.ETag == fmt.Sprintf("%x", md5.Sum(body)), "the ETag is the MD5")
	got := objects.Get(ctx, client, "gopher_box", "dir/one", objects.GetOpts{Newest: true})
	header, err := got.Extract()
	check(err)
	expect(header.ContentType == "text/x-go" && !header.LastModified.IsZero(), "type and date")
	metadata, err := got.ExtractMetadata()
	check(err)
	expect(metadata["Kind"] == "text", "metadata")
	_, err = objects.Update(ctx, client, "gopher_box", "dir/one", objects.UpdateOpts{Metadata: map[string]string{"Kind": "data"}}).Extract()
	check(err)
	_, err = objects.Copy(ctx, client, "gopher_box", "dir/one", objects.CopyOpts{Destination: "/gopher_box/dir/two"}).Extract()
	check(err)
	pages, err := objects.List(client, "gopher_box", objects.ListOpts{Prefix: "dir/", Limit: 1}).AllPages(ctx)
	check(err)
	listed, err := objects.ExtractInfo(pages)
	check(err)
	expect(len(listed) == 2 && listed[1].Name == "dir/two" && listed[1].Bytes == int64(len(body)), "two pages of one object")
	account, err := accounts.Get(ctx, client, accounts.GetOpts{}).Extract()
	check(err)
	expect(account.ObjectCount == 2 && account.BytesUsed == int64(2*len(body)), "counters")
	url, err := objects.CreateTempURL(ctx, client, "gopher_box", "dir/one", objects.CreateTempURLOpts{
		Method: "GET", TTL: 60, TempURLKey: setKey(ctx, client), Digest: "sha256",
	})
	check(err)
	expect(strings.Contains(url, "temp_url_sig="), "a temporary URL")

	connection := &swift.Connection{
		UserName: "root:root", ApiKey: password, AuthUrl: os.Getenv("ENDPOINT") + "/auth/v1.0", AuthVersion: 1, Timeout: time.Minute,
	}
	check(connection.Authenticate(ctx))
	read, err := connection.ObjectGetBytes(ctx, "gopher_box", "dir/two")
	check(err)
	expect(bytes.Equal(read, body), "what gophercloud has copied")
	check(connection.ContainerCreate(ctx, "ncw-box", nil))
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	for _, kind := range []string{"static", "dynamic"} {
		options := &swift.LargeObjectOpts{Container: "ncw-box", ObjectName: kind, ContentType: "x/large", ChunkSize: 1 << 20, SegmentContainer: "ncw_segments"}
		create := connection.StaticLargeObjectCreateFile
		if kind == "dynamic" {
			create = connection.DynamicLargeObjectCreateFile
		}
		check(connection.ContainerCreate(ctx, "ncw_segments", nil))
		file, err := create(ctx, options)
		check(err)
		_, err = file.Write(large)
		check(err)
		check(file.CloseWithContext(ctx))
		read, err := connection.ObjectGetBytes(ctx, "ncw-box", kind)
		check(err)
		expect(bytes.Equal(read, large), kind+" large object")
	}
	opened, _, err := connection.ObjectOpen(ctx, "ncw-box", "static", true, nil)
	check(err)
	_, err = opened.Seek(ctx, 3<<20, 0)
	check(err)
	part := make([]byte, 16)
	_, err = opened.Read(part)
	check(err)
	expect(string(part) == "0123456789abcdef", "a range")
	check(opened.Close())
	names, err := connection.ObjectNamesAll(ctx, "ncw_segments", nil)
	check(err)
	expect(len(names) == 8, fmt.Sprintf("eight segments, got %d", len(names)))
	for _, kind := range []string{"static", "dynamic"} {
		check(connection.LargeObjectDelete(ctx, "ncw-box", kind))
	}
	info, err := connection.QueryInfo(ctx)
	check(err)
	expect(info.SupportsBulkDelete() && info.SupportsSLO(), "features")
	_, err = connection.BulkDelete(ctx, "gopher_box", []string{"dir/one", "dir/two"})
	check(err)
	for _, name := range []string{"gopher_box", "ncw-box", "ncw_segments"} {
		check(connection.ContainerDelete(ctx, name))
	}
	fmt.Println("go-swift: all passed")
}

func setKey(ctx context.Context, client *gophercloud.ServiceClient) string {
	_, err := accounts.Update(ctx, client, accounts.UpdateOpts{TempURLKey: "geheim"}).Extract()
	check(err)
	return "geheim"
}
