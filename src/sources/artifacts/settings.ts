import type { AwsIdentity } from '../../platform/aws-signature.ts';
import type { Network } from '../../platform/http-network.ts';

/**
 * What the adapters are told of the user's environment. The SDKs of the clouds find credentials by chains of their own, which read
 * `AWS_*`, `GOOGLE_*` and `AZURE_*` variables and files of the home folder by themselves: that is what their users rely on, and no value of
 * theirs passes through here. What MLflow or boto3 reads and the SDK does not is here.
 */
/** How the network is reached. Azure's SDK and Google's logins read the proxies' variables by themselves. */
interface Networked {
  /** Absent: no proxy, and the certificates that Node trusts. */
  readonly network?: Network;
}

export interface StoreSettings extends Networked {
  readonly s3: S3Settings;
  readonly gcs: GcsSettings;
  readonly azure: AzureSettings;
}

export interface S3Settings extends Networked {
  /** MLFLOW_S3_ENDPOINT_URL, else AWS_ENDPOINT_URL_S3, else AWS_ENDPOINT_URL. */
  readonly endpoint?: string;
  /** `ignored`: neither does an endpoint count that the SDK would read by itself. */
  readonly otherEndpoints?: 'ignored';
  /** MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE; `auto` is path style at an endpoint of the user's own, as in boto3. */
  readonly addressing: 'auto' | 'path' | 'virtual';
  /** AWS_REGION, else AWS_DEFAULT_REGION; absent: of the profile, else found by redirects. */
  readonly region?: string;
  /** MLFLOW_S3_IGNORE_TLS. */
  readonly tls: 'verify' | 'insecure';
  /** AWS_CA_BUNDLE: path of a file of certificates. */
  readonly caBundle?: string;
  /** MLFLOW_S3_EXPECTED_BUCKET_OWNER: an account id. */
  readonly expectedBucketOwner?: string;
  /** Keys that were lent for this place alone; absent: those of AWS's own chain. */
  readonly identity?: AwsIdentity;
  /** AWS_REQUEST_PAYER: `requester` agrees to pay for the reading of buckets that ask for it. */
  readonly requestPayer?: 'requester';
}

export interface GcsSettings extends Networked {
  /** STORAGE_EMULATOR_HOST: an address to which no credentials are sent. */
  readonly emulatorHost?: string;
  /** A token that was lent for this place alone; absent: application default credentials. */
  readonly token?: string;
}

export interface AzureSettings {
  /** AZURE_STORAGE_CONNECTION_STRING. */
  readonly connectionString?: string;
  /** AZURE_STORAGE_ACCESS_KEY. */
  readonly accessKey?: string;
  /** AZURE_STORAGE_SAS_TOKEN. */
  readonly sasToken?: string;
  /** Where the account's blobs are, when that is not where its name says: an emulator of a test. Users have BlobEndpoint of a connection string. */
  readonly blobEndpoint?: string;
}
