/** nmap as a SIP scanner. */

/**
 * tshark filter for what it sends: requests of its scripts, datagrams without content to ports of which it knows nothing, and
 * its probe for port 5060, an OPTIONS for `sip:nm`.
 */
export const NMAP_FILTER = '!icmp && ((sip.Request-Line && sip.From contains "Nmap NSE") || udp.length == 8 || sip.r-uri == "sip:nm")';
