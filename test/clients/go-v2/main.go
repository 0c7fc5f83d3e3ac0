// AWS SDK for Go v2 with its defaults: small and multipart transfers, listing pages, refusals.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

func client(secret string) *s3.Client {
	settings := must(config.LoadDefaultConfig(context.Background(), config.WithRegion("KR1"),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(os.Getenv("AWS_ACCESS_KEY_ID"), secret, ""))))
	return s3.NewFromConfig(settings, func(o *s3.Options) {
		o.BaseEndpoint = aws.String(os.Getenv("ENDPOINT"))
		o.UsePathStyle = true
		o.RetryMaxAttempts = 1
	})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	ctx, bucket := context.Background(), aws.String("go-v2-bucket")
	s := client(os.Getenv("AWS_SECRET_ACCESS_KEY"))
	must(s.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}))
	small, large := make([]byte, 1000), make([]byte, 18_000_000)
	rand.New(rand.NewSource(7)).Read(small)
	rand.New(rand.NewSource(8)).Read(large)
	for i := range 7 {
		must(s.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String(fmt.Sprintf("폴더/%d +%%", i)), Body: bytes.NewReader(small)}))
	}
	must(manager.NewUploader(s).Upload(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("large"), Body: bytes.NewReader(large)}))
	back := must(s.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("large")}))
	if !bytes.Equal(must(io.ReadAll(back.Body)), large) {
		panic("bytes differ")
	}
	keys := 0
	for pages := s3.NewListObjectsV2Paginator(s, &s3.ListObjectsV2Input{Bucket: bucket, MaxKeys: aws.Int32(3)}); pages.HasMorePages(); {
		for _, object := range must(pages.NextPage(ctx)).Contents {
			keys++
			must(s.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: object.Key}))
		}
	}
	if keys != 8 {
		panic(keys)
	}
	_, err := client("wrong").PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("refused"), Body: bytes.NewReader(large)})
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "SignatureDoesNotMatch" {
		panic(err)
	}
	fmt.Println("refused upload shows", refused.ErrorCode())
	must(s.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket}))
	fmt.Println("go-v2: all passed")
}
