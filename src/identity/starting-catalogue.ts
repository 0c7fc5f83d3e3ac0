/**
 * The catalogue of products that a new server shows (build specification scp.md, section 3.5). Names of services are those of the
 * platform; which ids are confirmed by observation and which are derived by its rule, the specification says row by row.
 */

export interface StartingCategory {
  readonly id: string;
  readonly name: string;
  readonly isExposedMenu: boolean;
  /** Six hexadecimal digits. */
  readonly color: string;
  /** Id and name of its products. */
  readonly products: readonly (readonly [id: string, name: string])[];
}

const category = (
  id: string,
  name: string,
  color: string,
  products: StartingCategory['products'],
  isExposedMenu = true,
): StartingCategory => ({ id, name, isExposedMenu, color, products });

/** In the order of the menu. */
export const startingCatalogue: readonly StartingCategory[] = [
  category('COMPUTE', 'Compute', '2f6fde', [
    ['VIRTUALSERVER', 'Virtual Server'],
    ['GPUSERVER', 'GPU Server'],
    ['BAREMETAL', 'Bare Metal Server'],
    ['MULTINODEGPUCLUSTER', 'Multi-node GPU Cluster'],
    ['SCF', 'Cloud Functions'],
  ]),
  category('STORAGE', 'Storage', '1e9e6a', [
    ['BLOCKSTORAGE', 'Block Storage(BM)'],
    ['FILESTORAGE', 'File Storage'],
    ['OBJECTSTORAGE', 'Object Storage'],
    ['ARCHIVESTORAGE', 'Archive Storage'],
    ['BACKUP', 'Backup'],
    ['PARALLELFILESTORAGE', 'Parallel File Storage'],
  ]),
  category('DATABASE', 'Database', '8a4fd3', [
    ['EPAS', 'EPAS'],
    ['POSTGRESQL', 'PostgreSQL'],
    ['MARIADB', 'MariaDB'],
    ['MYSQL', 'MySQL'],
    ['SQLSERVER', 'Microsoft SQL Server'],
    ['CACHESTORE', 'CacheStore'],
    ['ORACLESERVICES', 'Oracle Services'],
  ]),
  category('DATA_ANALYTICS', 'Data Analytics', 'd97706', [
    ['EVENTSTREAMS', 'Event Streams'],
    ['SEARCHENGINE', 'Search Engine'],
    ['VERTICA', 'Vertica'],
    ['DATAFLOW', 'Data Flow'],
    ['DATAOPS', 'Data Ops'],
    ['QUICKQUERY', 'Quick Query'],
  ]),
  category('NETWORKING', 'Networking', 'ffff00', [
    ['VPC', 'VPC'],
    ['SECURITYGROUP', 'Security Group'],
    ['LOADBALANCER', 'Load Balancer'],
    ['DNS', 'DNS'],
    ['VPN', 'VPN'],
    ['FIREWALL', 'Firewall'],
    ['DIRECTCONNECT', 'Direct Connect'],
    ['CDN', 'Global CDN'],
    ['GSLB', 'GSLB'],
  ]),
  category('CONTAINER', 'Container', '0891b2', [
    ['SKE', 'Kubernetes Engine'],
    ['SCR', 'Container Registry'],
  ]),
  category('APPLICATION_SERVICE', 'Application Service', 'be185d', [
    ['APIGATEWAY', 'API Gateway'],
    ['QUEUESERVICE', 'Queue Service'],
  ]),
  category('SECURITY', 'Security', 'b91c1c', [
    ['KMS', 'Key Management Service'],
    ['SECRETSMANAGER', 'Secrets Manager'],
    ['SECRETVAULT', 'Secret Vault'],
    ['CERTIFICATEMANAGER', 'Certificate Manager'],
    ['CONFIGINSPECTION', 'Config Inspection'],
  ]),
  category('MANAGEMENT', 'Management', '475569', [
    ['IAM', 'IAM'],
    ['IAMIDENTITYCENTER', 'ID Center'],
    ['ORGANIZATION', 'Organization'],
    ['CLOUDCONTROL', 'Cloud Control'],
    ['RESOURCEMANAGER', 'Resource Manager'],
    ['LOGGINGAUDIT', 'Logging&Audit'],
    ['CLOUDMONITORING', 'Cloud Monitoring'],
    ['SERVICEWATCH', 'ServiceWatch'],
    ['NETWORKLOGGING', 'Network Logging'],
    ['QUOTA', 'Quota Service'],
    ['SUPPORT', 'Support Center'],
  ]),
  category('FINANCIAL_MANAGEMENT', 'Financial Management', '15803d', [
    ['BUDGET', 'Budget'],
    ['PRICING', 'Pricing'],
    ['COSTEXPLORER', 'Cost Explorer'],
    ['BILLINGPLAN', 'Planned Compute'],
  ]),
  category('AI-ML', 'AI-ML', '7c3aed', [
    ['CLOUDML', 'CloudML'],
    ['AIMLOPSPLATFORM', 'AI&MLOps Platform'],
  ]),
  category('DEVOPS_TOOLS', 'DevOps Tools', '0f766e', [['DEVOPSSERVICE', 'DevOps Service']]),
  category('HYBRID_CLOUD', 'Hybrid Cloud', 'a16207', [
    ['ESS', 'ESS'],
    ['FPMS', 'FPMS'],
  ]),
  category(
    'PLATFORM',
    'Platform',
    '64748b',
    [
      ['PRODUCT', 'Product'],
      ['STS', 'STS'],
    ],
    false,
  ),
];
