# Runs SEC by the time of its input: what its rules see as time() is what a rule put into $main::clock. SEC itself is unchanged.
# Called as: perl secclock.pl FIRST-SECOND PATH-OF-SEC ARGUMENTS...
BEGIN {
  $main::clock = shift @ARGV;
  *CORE::GLOBAL::time = sub () { $main::clock };
}
my $sec = shift @ARGV;
$0 = $sec;
do $sec or die "sec: $@$!";
