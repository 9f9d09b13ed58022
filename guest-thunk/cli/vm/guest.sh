# guest.sh CONTROL STDIN STDOUT STDERR: the second half of a guest's init (init.sh is the first), in its final root: runs
# the command that /run/vthunk/command names, with these ports as its input and output, and tells CONTROL its exit status.
here=/run/vthunk
export PATH=$here/bin
$here/busybox --install -s $here/bin
control=$1 stdin=$2 stdout=$3 stderr=$4
exec </dev/null >/dev/console 2>&1

mkdir -p /dev/pts /dev/shm
mount -t devpts -o mode=620,ptmxmode=666 pts /dev/pts
mount -t tmpfs -o mode=1777 shm /dev/shm
ln -sf /proc/self/fd /dev/fd
for stream in 0,stdin 1,stdout 2,stderr; do
	ln -sf "/proc/self/fd/${stream%,*}" "/dev/${stream#*,}"
done
ip link set lo up
hostname vthunk

# A port can be opened once only, and a command may open its /dev/stderr as often as it likes: there are pipes between.
mkfifo $here/in $here/out $here/err
cat "$stdin" >$here/in &
reader=$!
cat $here/out >"$stdout" &
writers=$!
cat $here/err >"$stderr" &
writers="$writers $!"
echo up >"$control"

. $here/command
(
	cd "$folder" 2>/dev/null || cd /
	exec env -i "$@" <$here/in >$here/out 2>$here/err
)
status=$?

# What the command has left behind would keep the pipes open.
for process in /proc/[0-9]*; do
	case " 1 $reader $writers " in
	*" ${process#/proc/} "*) ;;
	*) kill -9 "${process#/proc/}" ;;
	esac
done 2>/dev/null
for writer in $writers; do
	wait "$writer"
done
echo "exit $status" >"$control"
sleep 5
poweroff -f
