package main

// Provider is one operator of mail servers, as the domains' MX records show it.
type Provider struct {
	Name  string
	Share float64 // of the domains that publish an MX record

	Hosts     int  // MX names of one domain
	Addresses int  // of each name, both families together
	Tenants   bool // each domain has MX names of its own, on common addresses
	Pool      int  // addresses in all, where domains have names of their own
}

// providers are the largest operators among the one million domains of the
// Tranco list that publish MX records: Jan Schaumann, "Who reads your email?",
// netmeister.org, March 2023, figures for the top 1M (Google 41.1 %, Microsoft
// 19.6 %, and so on; 433 000 server names of 230 000 operators in all). The IMC
// 2021 paper "Who's Got Your Mail?" by Liu and others found 28.5 % and 10.8 %
// for popular domains in June 2021, and the same order.
//
// Numbers of names and addresses are what the providers publish for one domain
// of theirs; the size of a pool is an assumption.
var providers = [...]Provider{
	{Name: "Google", Share: 0.411, Hosts: 5, Addresses: 2},
	{Name: "Microsoft", Share: 0.196, Hosts: 1, Addresses: 8, Tenants: true, Pool: 2000},
	{Name: "Yandex", Share: 0.041, Hosts: 1, Addresses: 2},
	{Name: "Proofpoint", Share: 0.033, Hosts: 2, Addresses: 1, Tenants: true, Pool: 500},
	{Name: "Mimecast", Share: 0.027, Hosts: 2, Addresses: 4},
	{Name: "Tencent QQ", Share: 0.020, Hosts: 2, Addresses: 2},
	{Name: "Namecheap", Share: 0.019, Hosts: 5, Addresses: 2},
	{Name: "GoDaddy", Share: 0.016, Hosts: 2, Addresses: 2},
	{Name: "Barracuda Networks", Share: 0.012, Hosts: 2, Addresses: 2, Tenants: true, Pool: 200},
	{Name: "Zoho", Share: 0.011, Hosts: 3, Addresses: 1},
	{Name: "Amazon AWS", Share: 0.010, Hosts: 1, Addresses: 3},
	{Name: "Rackspace", Share: 0.009, Hosts: 2, Addresses: 1},
	{Name: "Cisco IronPort", Share: 0.008, Hosts: 2, Addresses: 2, Tenants: true, Pool: 200},
	{Name: "VK / Mail.ru", Share: 0.007, Hosts: 1, Addresses: 2},
	{Name: "OVH", Share: 0.007, Hosts: 3, Addresses: 1},
	{Name: "SiteGround", Share: 0.007, Hosts: 3, Addresses: 1},
	{Name: "Beget", Share: 0.006, Hosts: 2, Addresses: 2},
}

// others is how many further operators there are for a million domains (the same
// source: 230 000 in all). How their customers are spread is not published; it
// is taken to follow Zipf's law with an exponent of 1.1.
const others = 230_000
