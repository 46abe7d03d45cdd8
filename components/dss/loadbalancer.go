package dss

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	httpPort  = 80
	httpsPort = 443
)

// loadBalancer puts HTTPS in front of DSS, if that was asked for, and returns the host name that browsers use.
func (d *DSSInstance) loadBalancer(instance *ec2.Instance) (pulumi.StringOutput, bool, error) {
	wanted := d.args.LoadBalancer
	if wanted == nil {
		return pulumi.StringOutput{}, false, nil
	}
	group, err := d.loadBalancerGroup()
	if err != nil {
		return pulumi.StringOutput{}, false, err
	}
	made, err := d.balancer(group)
	if err != nil {
		return pulumi.StringOutput{}, false, err
	}
	target, err := d.target(instance)
	if err != nil {
		return pulumi.StringOutput{}, false, err
	}
	if err := d.listeners(made, target); err != nil {
		return pulumi.StringOutput{}, false, err
	}
	if err := d.record(made); err != nil {
		return pulumi.StringOutput{}, false, err
	}
	if wanted.DomainName != "" {
		return pulumi.String(wanted.DomainName).ToStringOutput(), true, nil
	}
	return made.DnsName, true, nil
}

// loadBalancerGroup lets people in, and the load balancer to DSS, and nothing else.
func (d *DSSInstance) loadBalancerGroup() (pulumi.StringOutput, error) {
	group, err := d.group("lb", "Load balancer of "+d.name)
	if err != nil {
		return group, err
	}
	for _, cidr := range d.args.LoadBalancer.AllowedCIDRs {
		for name, port := range map[string]int{"https": httpsPort, "http": httpPort} {
			description := map[int]string{httpsPort: "HTTPS", httpPort: "HTTP, which is redirected"}[port]
			rule := opening{name: "lb-" + name + "-from-" + cidr, description: description, from: port, to: port, cidr: cidr}
			if err := d.ingress(group, rule); err != nil {
				return group, err
			}
		}
	}
	port := d.args.Port
	toHost := opening{name: "lb-to-host", description: "DSS", from: port, to: port, group: d.SecurityGroupID}
	if err := d.egress(group, toHost); err != nil {
		return group, err
	}
	return group, d.ingress(d.SecurityGroupID,
		opening{name: "dss-from-lb", description: "DSS from its load balancer", from: port, to: port, group: group})
}

func (d *DSSInstance) balancer(group pulumi.StringOutput) (*lb.LoadBalancer, error) {
	wanted := d.args.LoadBalancer
	args := &lb.LoadBalancerArgs{
		LoadBalancerType:         pulumi.String("application"),
		Internal:                 pulumi.Bool(!wanted.InternetFacing),
		Subnets:                  wanted.SubnetIDs,
		SecurityGroups:           pulumi.StringArray{group},
		IdleTimeout:              pulumi.Int(LoadBalancerIdleTimeout),
		DropInvalidHeaderFields:  pulumi.Bool(true),
		EnableDeletionProtection: pulumi.Bool(wanted.DeletionProtection),
		Tags:                     d.tags("lb"),
	}
	if wanted.AccessLogsBucket != "" {
		args.AccessLogs = lb.LoadBalancerAccessLogsArgs{
			Bucket: pulumi.String(wanted.AccessLogsBucket), Prefix: pulumi.String(d.name), Enabled: pulumi.Bool(true),
		}
	}
	made, err := lb.NewLoadBalancer(d.ctx, d.child("lb"), args, d.parent())
	if err != nil {
		return nil, fmt.Errorf("creating the load balancer: %w", err)
	}
	return made, nil
}

// target is DSS by its address: where that stays, so does the target when the instance is replaced.
func (d *DSSInstance) target(instance *ec2.Instance) (*lb.TargetGroup, error) {
	made, err := lb.NewTargetGroup(d.ctx, d.child("lb"), &lb.TargetGroupArgs{
		TargetType: pulumi.String("ip"),
		VpcId:      d.args.VPCID.ToStringOutput().ToStringPtrOutput(),
		Port:       pulumi.Int(d.args.Port),
		Protocol:   pulumi.String("HTTP"),
		HealthCheck: lb.TargetGroupHealthCheckArgs{
			Path: pulumi.String(HealthCheckPath), Matcher: pulumi.String("200"), Interval: pulumi.Int(30), Timeout: pulumi.Int(10),
			HealthyThreshold: pulumi.Int(2), UnhealthyThreshold: pulumi.Int(5),
		},
		// There is one host: connections have nowhere to drain to.
		DeregistrationDelay: pulumi.Int(30),
		Tags:                d.tags("lb"),
	}, d.parent())
	if err != nil {
		return nil, fmt.Errorf("creating the target group: %w", err)
	}
	_, err = lb.NewTargetGroupAttachment(d.ctx, d.child("lb"), &lb.TargetGroupAttachmentArgs{
		TargetGroupArn: made.Arn, TargetId: instance.PrivateIp, Port: pulumi.Int(d.args.Port),
	}, d.parent())
	if err != nil {
		return nil, fmt.Errorf("attaching the host to the target group: %w", err)
	}
	return made, nil
}

// listeners serve HTTPS, and redirect HTTP to it.
func (d *DSSInstance) listeners(balancer *lb.LoadBalancer, target *lb.TargetGroup) error {
	certificate, err := d.certificate()
	if err != nil {
		return err
	}
	_, err = lb.NewListener(d.ctx, d.child("lb-https"), &lb.ListenerArgs{
		LoadBalancerArn: balancer.Arn,
		Port:            pulumi.Int(httpsPort),
		Protocol:        pulumi.String("HTTPS"),
		SslPolicy:       pulumi.String(d.args.LoadBalancer.SSLPolicy),
		CertificateArn:  certificate,
		DefaultActions: lb.ListenerDefaultActionArray{
			lb.ListenerDefaultActionArgs{Type: pulumi.String("forward"), TargetGroupArn: target.Arn},
		},
		Tags: d.tags("lb-https"),
	}, d.parent())
	if err != nil {
		return fmt.Errorf("creating the HTTPS listener: %w", err)
	}
	_, err = lb.NewListener(d.ctx, d.child("lb-http"), &lb.ListenerArgs{
		LoadBalancerArn: balancer.Arn,
		Port:            pulumi.Int(httpPort),
		Protocol:        pulumi.String("HTTP"),
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("redirect"),
			Redirect: lb.ListenerDefaultActionRedirectArgs{
				Protocol: pulumi.String("HTTPS"), Port: pulumi.String("443"), StatusCode: pulumi.String("HTTP_301"),
			},
		}},
		Tags: d.tags("lb-http"),
	}, d.parent())
	if err != nil {
		return fmt.Errorf("creating the HTTP listener: %w", err)
	}
	return nil
}

// certificate is the one that was given, or one that ACM makes once a record in the zone proves that the name is ours.
func (d *DSSInstance) certificate() (pulumi.StringPtrInput, error) {
	wanted := d.args.LoadBalancer
	if wanted.CertificateARN != "" {
		return pulumi.String(wanted.CertificateARN), nil
	}
	made, err := acm.NewCertificate(d.ctx, d.child("lb"), &acm.CertificateArgs{
		DomainName: pulumi.String(wanted.DomainName), ValidationMethod: pulumi.String("DNS"), Tags: d.tags("lb"),
	}, d.parent())
	if err != nil {
		return nil, fmt.Errorf("creating the certificate: %w", err)
	}
	// There is one name, and so one record.
	proof := made.DomainValidationOptions.Index(pulumi.Int(0))
	record, err := route53.NewRecord(d.ctx, d.child("lb-validation"), &route53.RecordArgs{
		ZoneId:         pulumi.String(wanted.HostedZoneID),
		Name:           proof.ResourceRecordName().Elem(),
		Type:           proof.ResourceRecordType().Elem(),
		Records:        pulumi.StringArray{proof.ResourceRecordValue().Elem()},
		Ttl:            pulumi.Int(300),
		AllowOverwrite: pulumi.Bool(true), // the proof is the same for every certificate of the name
	}, d.parent())
	if err != nil {
		return nil, fmt.Errorf("creating the certificate's validation record: %w", err)
	}
	valid, err := acm.NewCertificateValidation(d.ctx, d.child("lb"), &acm.CertificateValidationArgs{
		CertificateArn: made.Arn, ValidationRecordFqdns: pulumi.StringArray{record.Fqdn},
	}, d.parent())
	if err != nil {
		return nil, fmt.Errorf("validating the certificate: %w", err)
	}
	return valid.CertificateArn.ToStringPtrOutput(), nil
}

// record leads the name to the load balancer.
func (d *DSSInstance) record(balancer *lb.LoadBalancer) error {
	wanted := d.args.LoadBalancer
	if wanted.HostedZoneID == "" {
		return nil
	}
	_, err := route53.NewRecord(d.ctx, d.child("lb"), &route53.RecordArgs{
		ZoneId: pulumi.String(wanted.HostedZoneID),
		Name:   pulumi.String(wanted.DomainName),
		Type:   pulumi.String("A"),
		Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
			Name: balancer.DnsName, ZoneId: balancer.ZoneId, EvaluateTargetHealth: pulumi.Bool(false),
		}},
	}, d.parent())
	if err != nil {
		return fmt.Errorf("creating the record of %s: %w", wanted.DomainName, err)
	}
	return nil
}
