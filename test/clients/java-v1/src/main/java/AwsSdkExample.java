import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import com.amazonaws.services.s3.model.AmazonS3Exception;
import com.amazonaws.services.s3.model.GetObjectRequest;
import com.amazonaws.services.s3.transfer.TransferManager;
import com.amazonaws.services.s3.transfer.TransferManagerBuilder;
import java.io.File;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;

/** The Java chapter of the guide: path style, chunked encoding disabled; then multipart and refusals. */
public class AwsSdkExample {
    private static AmazonS3 client(String secret) {
        return AmazonS3ClientBuilder.standard()
                .withEndpointConfiguration(new AwsClientBuilder.EndpointConfiguration(System.getenv("ENDPOINT"), "KR1"))
                .withCredentials(new AWSStaticCredentialsProvider(new BasicAWSCredentials(System.getenv("AWS_ACCESS_KEY_ID"), secret)))
                .enablePathStyleAccess()
                .disableChunkedEncoding()
                .build();
    }

    public static void main(String[] args) throws Exception {
        AmazonS3 s3 = client(System.getenv("AWS_SECRET_ACCESS_KEY"));
        String bucket = "java-v1-bucket";
        System.out.println(s3.createBucket(bucket));
        System.out.println(s3.listBuckets());
        File small = random(100_000);
        System.out.println("etag " + s3.putObject(bucket, "folder/그림 +%.jpg", small).getETag());
        System.out.println(s3.listObjectsV2(bucket).getObjectSummaries().get(0).getKey());
        File back = File.createTempFile("back", null);
        s3.getObject(new GetObjectRequest(bucket, "folder/그림 +%.jpg"), back);
        same(small, back);
        TransferManager transfers = TransferManagerBuilder.standard().withS3Client(s3).withMinimumUploadPartSize(5L << 20).withMultipartUploadThreshold(6L << 20).build();
        File large = random(20_000_000);
        transfers.upload(bucket, "large", large).waitForCompletion();
        transfers.download(bucket, "large", back).waitForCompletion();
        same(large, back);
        try {
            client("wrong").putObject(bucket, "refused", large);
            throw new AssertionError("a wrong secret was accepted");
        } catch (AmazonS3Exception refused) {
            if (!refused.getErrorCode().equals("SignatureDoesNotMatch")) throw refused;
            System.out.println("refused upload shows " + refused.getStatusCode() + " " + refused.getErrorCode());
        }
        s3.deleteObject(bucket, "large");
        s3.deleteObject(bucket, "folder/그림 +%.jpg");
        s3.deleteBucket(bucket);
        transfers.shutdownNow();
    }

    private static File random(int size) throws Exception {
        File file = File.createTempFile("random", null);
        byte[] bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        Files.write(file.toPath(), bytes);
        return file;
    }

    private static void same(File one, File two) throws Exception {
        if (!Arrays.equals(Files.readAllBytes(one.toPath()), Files.readAllBytes(two.toPath()))) throw new AssertionError("bytes differ");
    }
}
