// IBM's SDK for Go by IAM tokens: it sends the service instance with every request, unlike the others.
package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand"
	"os"

	"github.com/IBM/ibm-cos-sdk-go/aws"
	"github.com/IBM/ibm-cos-sdk-go/aws/awserr"
	"github.com/IBM/ibm-cos-sdk-go/aws/credentials/ibmiam"
	"github.com/IBM/ibm-cos-sdk-go/aws/session"
	"github.com/IBM/ibm-cos-sdk-go/service/s3"
	"github.com/IBM/ibm-cos-sdk-go/service/s3/s3manager"
)

const bucket = "ibm-cos-go"

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func expect(wanted, actual any, what string) {
	if wanted != actual {
		panic(fmt.Sprintf("%s: expected %v, got %v", what, wanted, actual))
	}
}

func connect(apiKey, instance string) *session.Session {
	config := aws.NewConfig().
		WithEndpoint(os.Getenv("ENDPOINT")).
		WithRegion("us-south").
		WithS3ForcePathStyle(true).
		WithMaxRetries(0).
		WithCredentials(ibmiam.NewStaticCredentials(aws.NewConfig(), os.Getenv("CONTROL")+"/identity/token", apiKey, instance))
	return must(session.NewSession(config))
}

func main() {
	opened := connect(os.Getenv("API_KEY"), os.Getenv("INSTANCE"))
	cos := s3.New(opened)
	must(cos.CreateBucket(&s3.CreateBucketInput{
		Bucket:                    aws.String(bucket),
		CreateBucketConfiguration: &s3.CreateBucketConfiguration{LocationConstraint: aws.String("us-south-vault")},
	}))
	located := must(cos.GetBucketLocation(&s3.GetBucketLocationInput{Bucket: aws.String(bucket)}))
	expect("us-south-vault", aws.StringValue(located.LocationConstraint), "location")
	extended := must(cos.ListBucketsExtended(&s3.ListBucketsExtendedInput{Prefix: aws.String(bucket)}))
	expect("us-south-vault", aws.StringValue(extended.Buckets[0].LocationConstraint), "extended listing")

	small := []byte("bytes of a small object")
	must(cos.PutObject(&s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String("작은 것"), Body: bytes.NewReader(small)}))
	got := must(cos.GetObject(&s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("작은 것")}))
	expect(true, bytes.Equal(small, must(io.ReadAll(got.Body))), "bytes")

	large := make([]byte, 12_000_000)
	rand.New(rand.NewSource(1)).Read(large)
	uploader := s3manager.NewUploader(opened)
	must(uploader.Upload(&s3manager.UploadInput{Bucket: aws.String(bucket), Key: aws.String("large"), Body: bytes.NewReader(large)}))
	buffer := aws.NewWriteAtBuffer(nil)
	must(s3manager.NewDownloader(opened).Download(buffer, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("large")}))
	expect(true, bytes.Equal(large, buffer.Bytes()), "parts")

	listed := must(cos.ListObjects(&s3.ListObjectsInput{Bucket: aws.String(bucket)}))
	expect(2, len(listed.Contents), "listing of objects")
	for _, row := range listed.Contents {
		must(cos.DeleteObject(&s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: row.Key}))
	}
	must(cos.DeleteBucket(&s3.DeleteBucketInput{Bucket: aws.String(bucket)}))

	_, err := s3.New(connect(os.Getenv("API_KEY"), "2f6cbd3f-9a2b-4d5c-8d0e-1f2a3b4c5d6e")).ListBuckets(&s3.ListBucketsInput{})
	expect("AccessDenied", err.(awserr.Error).Code(), "unknown instance")
	fmt.Println("ibm-cos-go: buckets, objects, 12 MB by parts, and a refusal")
}
