# images.sh: the images with QEMUs and kernels. Sourced after tests/e2e/lib.sh; gives
#
#   need_image NAME...              skips the test if one is not there
#   in_guest OPTION... -- COMMAND   vthunk vm run, with $options before

need bwrap busybox modprobe

need_image()
{
	for image in "$@"; do
		image_has "$image" boot || {
			echo "skipped: there is no image $image (vthunk image make $image)"
			exit 77
		}
	done
}

in_guest()
{
	# shellcheck disable=SC2086
	"$vthunk" vm run $options "$@"
}
