// EC2 credentials through gophercloud: made, listed, shown and deleted over the identity services v2.0 and v3 after logging in
// through each, and the storage address that ncw/swift finds through v2.0.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v2/tokens"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/ec2credentials"
	tokens3 "github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
	"github.com/ncw/swift/v2"
)

func must(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func expect(holds bool, what string, found ...any) {
	if !holds {
		fmt.Println("not as expected:", what, found)
		os.Exit(1)
	}
}

type credential struct {
	Access   string `json:"access"`
	Secret   string `json:"secret"`
	TenantID string `json:"tenant_id"`
	UserID   string `json:"user_id"`
}

func overV2(ctx context.Context, control, password string) {
	provider, err := openstack.NewClient(control + "/v2.0/")
	must(err)
	options := gophercloud.AuthOptions{IdentityEndpoint: control + "/v2.0/", Username: "root", Password: password, TenantName: "root"}
	must(openstack.AuthenticateV2(ctx, provider, options, gophercloud.EndpointOpts{}))
	identity, err := openstack.NewIdentityV2(provider, gophercloud.EndpointOpts{})
	must(err)
	result := tokens.Create(ctx, identity, tokens.AuthOptions{Username: "root", Password: password, TenantName: "root"})
	token, err := result.ExtractToken()
	must(err)
	user, err := tokens.Get(ctx, identity, token.ID).ExtractUser()
	must(err)
	expect(token.Tenant.Name == "root" && user.ID != "", "token of v2.0", token, user)
	url := identity.ServiceURL("users", user.ID, "credentials", "OS-EC2")
	var made struct {
		Credential credential `json:"credential"`
	}
	_, err = identity.Post(ctx, url, map[string]string{"tenant_id": token.Tenant.ID}, &made, &gophercloud.RequestOpts{OkCodes: []int{200}})
	must(err)
	expect(len(made.Credential.Access) == 32 && len(made.Credential.Secret) == 32, "a pair", made)
	expect(made.Credential.TenantID == token.Tenant.ID && made.Credential.UserID == user.ID, "whose it is", made)
	var listed struct {
		Credentials []credential `json:"credentials"`
	}
	_, err = identity.Get(ctx, url, &listed, nil)
	must(err)
	found := false
	for _, one := range listed.Credentials {
		found = found || one == made.Credential
	}
	expect(found, "the pair in the list", listed)
	var shown struct {
		Credential credential `json:"credential"`
	}
	one := url + "/" + made.Credential.Access
	_, err = identity.Get(ctx, one, &shown, nil)
	must(err)
	expect(shown.Credential == made.Credential, "the pair by itself", shown)
	_, err = identity.Delete(ctx, one, nil)
	must(err)
	_, err = identity.Get(ctx, one, &shown, nil)
	expect(gophercloud.ResponseCodeIs(err, http.StatusNotFound), "404 after the deletion", err)
	wrong := tokens.Create(ctx, identity, tokens.AuthOptions{Username: "root", Password: "wrong", TenantName: "root"})
	expect(gophercloud.ResponseCodeIs(wrong.Err, http.StatusUnauthorized), "401 for a wrong password", wrong.Err)
	fmt.Println("gophercloud over v2.0: made, listed, shown, deleted", made.Credential.Access[:8]+"…")
}

func overV3(ctx context.Context, control, password string) {
	options := gophercloud.AuthOptions{
		IdentityEndpoint: control + "/v3/", Username: "root", Password: password, TenantName: "root", DomainName: "Default",
	}
	provider, err := openstack.AuthenticatedClient(ctx, options)
	must(err)
	identity, err := openstack.NewIdentityV3(provider, gophercloud.EndpointOpts{})
	must(err)
	checked := tokens3.Get(ctx, identity, provider.TokenID)
	user, err := checked.ExtractUser()
	must(err)
	project, err := checked.ExtractProject()
	must(err)
	made, err := ec2credentials.Create(ctx, identity, user.ID, ec2credentials.CreateOpts{TenantID: project.ID}).Extract()
	must(err)
	pages, err := ec2credentials.List(identity, user.ID).AllPages(ctx)
	must(err)
	listed, err := ec2credentials.ExtractCredentials(pages)
	must(err)
	found := false
	for _, one := range listed {
		found = found || (one.Access == made.Access && one.Secret == made.Secret)
	}
	expect(found, "the pair in the list", listed)
	shown, err := ec2credentials.Get(ctx, identity, user.ID, made.Access).Extract()
	must(err)
	expect(shown.Secret == made.Secret && shown.TenantID == project.ID, "the pair by itself", shown)
	must(ec2credentials.Delete(ctx, identity, user.ID, made.Access).ExtractErr())
	_, err = ec2credentials.Get(ctx, identity, user.ID, made.Access).Extract()
	expect(gophercloud.ResponseCodeIs(err, http.StatusNotFound), "404 after the deletion", err)
	fmt.Println("gophercloud over v3: made, listed, shown, deleted", made.Access[:8]+"…")
}

func overSwift(ctx context.Context, control, endpoint, password string) {
	connection := swift.Connection{UserName: "root", ApiKey: password, AuthUrl: control + "/v2.0", Tenant: "root", AuthVersion: 2}
	must(connection.Authenticate(ctx))
	expect(strings.HasPrefix(connection.StorageUrl, endpoint+"/v1/AUTH_"), "the storage address", connection.StorageUrl)
	must(connection.ContainerCreate(ctx, "by-ncw-swift", nil))
	must(connection.ObjectPutString(ctx, "by-ncw-swift", "a", "text", "text/plain"))
	text, err := connection.ObjectGetString(ctx, "by-ncw-swift", "a")
	must(err)
	expect(text == "text", "the object", text)
	must(connection.ObjectDelete(ctx, "by-ncw-swift", "a"))
	must(connection.ContainerDelete(ctx, "by-ncw-swift"))
	fmt.Println("ncw/swift over v2.0: logged in; a container and an object made, read and deleted")
}

func main() {
	ctx := context.Background()
	control, endpoint, password := os.Getenv("CONTROL"), os.Getenv("ENDPOINT"), os.Getenv("ROOT_PASSWORD")
	overV2(ctx, control, password)
	overV3(ctx, control, password)
	overSwift(ctx, control, endpoint, password)
	fmt.Println("gophercloud: all passed")
}
