import com.ibm.cloud.objectstorage.ClientConfiguration;
import com.ibm.cloud.objectstorage.SDKGlobalConfiguration;
import com.ibm.cloud.objectstorage.auth.AWSStaticCredentialsProvider;
import com.ibm.cloud.objectstorage.auth.BasicAWSCredentials;
import com.ibm.cloud.objectstorage.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.ibm.cloud.objectstorage.oauth.BasicIBMOAuthCredentials;
import com.ibm.cloud.objectstorage.services.s3.AmazonS3;
import com.ibm.cloud.objectstorage.services.s3.AmazonS3ClientBuilder;
import com.ibm.cloud.objectstorage.services.s3.model.AmazonS3Exception;
import com.ibm.cloud.objectstorage.services.s3.model.Bucket;
import com.ibm.cloud.objectstorage.services.s3.model.CreateBucketRequest;
import com.ibm.cloud.objectstorage.services.s3.model.ListObjectsV2Result;
import com.ibm.cloud.objectstorage.services.s3.model.ObjectMetadata;
import com.ibm.cloud.objectstorage.services.s3.model.PutObjectRequest;
import com.ibm.cloud.objectstorage.services.s3.transfer.TransferManager;
import com.ibm.cloud.objectstorage.services.s3.transfer.TransferManagerBuilder;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** IBM's SDK for Java by IAM tokens: buckets with a storage class, objects, parts, refusals. */
public final class IbmCosExample {
    private static final String BUCKET = "ibm-cos-java";

    public static void main(String[] arguments) throws Exception {
        SDKGlobalConfiguration.IAM_ENDPOINT = System.getenv("CONTROL") + "/identity/token";
        AmazonS3 cos = connect(System.getenv("API_KEY"), System.getenv("INSTANCE"));

        cos.createBucket(new CreateBucketRequest(BUCKET, "us-south-smart"));
        expect(true, cos.listBuckets().stream().map(Bucket::getName).anyMatch(BUCKET::equals), "listing of buckets");
        expect("us-south-smart", cos.listBucketsExtended().getBuckets().get(0).getLocationConstraint(), "extended listing");

        byte[] small = "bytes of a small object".getBytes(StandardCharsets.UTF_8);
        ObjectMetadata metadata = new ObjectMetadata();
        metadata.setContentLength(small.length);
        metadata.addUserMetadata("who", "me");
        cos.putObject(new PutObjectRequest(BUCKET, "작은 것", new ByteArrayInputStream(small), metadata));
        expect("me", cos.getObjectMetadata(BUCKET, "작은 것").getUserMetaDataOf("who"), "metadata");
        expect(true, Arrays.equals(small, cos.getObject(BUCKET, "작은 것").getObjectContent().readAllBytes()), "bytes");

        byte[] large = new byte[12_000_000];
        new Random(1).nextBytes(large);
        ObjectMetadata sized = new ObjectMetadata();
        sized.setContentLength(large.length);
        TransferManager transfers = TransferManagerBuilder.standard().withS3Client(cos)
            .withMinimumUploadPartSize(5L << 20).withMultipartUploadThreshold(5L << 20).build();
        transfers.upload(BUCKET, "large", new ByteArrayInputStream(large), sized).waitForCompletion();
        expect(true, Arrays.equals(large, cos.getObject(BUCKET, "large").getObjectContent().readAllBytes()), "parts");

        ListObjectsV2Result listed = cos.listObjectsV2(BUCKET);
        expect(2, listed.getKeyCount(), "listing of objects");
        refusals();
        for (var row : listed.getObjectSummaries()) cos.deleteObject(BUCKET, row.getKey());
        cos.deleteBucket(BUCKET);
        transfers.shutdownNow();
        System.out.println("ibm-cos-java: buckets, objects, 12 MB by parts, and refusals");
    }

    private static void refusals() {
        try {
            connect(System.getenv("API_KEY"), "not-an-instance").listBuckets();
            throw new AssertionError("a malformed instance was taken");
        } catch (AmazonS3Exception refused) {
            expect("InvalidArgument", refused.getErrorCode(), "malformed instance");
        }
        AmazonS3 withKey = builder()
            .withCredentials(new AWSStaticCredentialsProvider(new BasicAWSCredentials(System.getenv("API_KEY"), "x"))).build();
        try {
            withKey.listObjectsV2(BUCKET);
            throw new AssertionError("an API key was taken for an HMAC key");
        } catch (AmazonS3Exception refused) {
            expect("InvalidAccessKeyId", refused.getErrorCode(), "API key as HMAC key");
        }
    }

    private static AmazonS3 connect(String apiKey, String instance) {
        return builder()
            .withCredentials(new AWSStaticCredentialsProvider(new BasicIBMOAuthCredentials(apiKey, instance))).build();
    }

    private static AmazonS3ClientBuilder builder() {
        ClientConfiguration configuration = new ClientConfiguration().withRequestTimeout(30_000).withMaxErrorRetry(0);
        return AmazonS3ClientBuilder.standard()
            .withEndpointConfiguration(new EndpointConfiguration(System.getenv("ENDPOINT"), "us-south"))
            .withPathStyleAccessEnabled(true).withClientConfiguration(configuration);
    }

    private static void expect(Object wanted, Object actual, String what) {
        if (!wanted.equals(actual)) throw new AssertionError(what + ": expected " + wanted + ", got " + actual);
    }
}
