# Stands in for Perl's bignum while ipcalc runs under test: IPv4 needs 32 bits and a 64-bit perl has them, and
# loading the real one makes each answer twenty times slower. ipcalc itself is run as Debian ships it.
package bignum;
1;
