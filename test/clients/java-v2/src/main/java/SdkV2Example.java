import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** AWS SDK for Java v2 with its defaults: trailing checksums, chunked signing; every checksum; multipart; refusals. */
public class SdkV2Example {
    private static S3Client client(String secret) {
        return S3Client.builder()
                .endpointOverride(URI.create(System.getenv("ENDPOINT")))
                .region(Region.of("KR1"))
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(System.getenv("AWS_ACCESS_KEY_ID"), secret)))
                .build();
    }

    public static void main(String[] args) {
        S3Client s3 = client(System.getenv("AWS_SECRET_ACCESS_KEY"));
        String bucket = "java-v2-bucket";
        s3.createBucket(b -> b.bucket(bucket));
        byte[] large = new byte[12_000_000];
        new Random(7).nextBytes(large);
        for (ChecksumAlgorithm algorithm : List.of(ChecksumAlgorithm.CRC32, ChecksumAlgorithm.CRC32_C, ChecksumAlgorithm.SHA1, ChecksumAlgorithm.SHA256)) {
            s3.putObject(b -> b.bucket(bucket).key("sum/" + algorithm).checksumAlgorithm(algorithm), RequestBody.fromBytes(large));
            same(large, s3.getObjectAsBytes(b -> b.bucket(bucket).key("sum/" + algorithm)).asByteArray());
            System.out.println(algorithm + " " + s3.headObject(b -> b.bucket(bucket).key("sum/" + algorithm)).eTag());
        }
        s3.putObject(b -> b.bucket(bucket).key("폴더/이름 +%"), RequestBody.fromString("value"));
        String upload = s3.createMultipartUpload(b -> b.bucket(bucket).key("parts")).uploadId();
        String etag = s3.uploadPart(b -> b.bucket(bucket).key("parts").uploadId(upload).partNumber(1), RequestBody.fromBytes(large)).eTag();
        s3.completeMultipartUpload(b -> b.bucket(bucket).key("parts").uploadId(upload).multipartUpload(m -> m.parts(CompletedPart.builder().partNumber(1).eTag(etag).build())));
        same(large, s3.getObjectAsBytes(b -> b.bucket(bucket).key("parts")).asByteArray());
        try {
            client("wrong").putObject(b -> b.bucket(bucket).key("refused"), RequestBody.fromBytes(large));
            throw new AssertionError("a wrong secret was accepted");
        } catch (S3Exception refused) {
            if (!refused.awsErrorDetails().errorCode().equals("SignatureDoesNotMatch")) throw refused;
            System.out.println("refused upload shows " + refused.statusCode() + " " + refused.awsErrorDetails().errorCode());
        }
        s3.listObjectsV2Paginator(b -> b.bucket(bucket).maxKeys(2)).contents().forEach(found -> s3.deleteObject(b -> b.bucket(bucket).key(found.key())));
        s3.deleteBucket(b -> b.bucket(bucket));
    }

    private static void same(byte[] one, byte[] two) {
        if (!Arrays.equals(one, two)) throw new AssertionError("bytes differ");
    }
}
