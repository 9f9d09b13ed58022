/* A libdrm_amdgpu.so.1 that knows one device and one buffer, for late.c. */
#pragma GCC visibility push(default)
#include <amdgpu.h>
#pragma GCC visibility pop

#include <stdint.h>

int amdgpu_query_gpu_info(amdgpu_device_handle dev, struct amdgpu_gpu_info *info)
{
	if ((uintptr_t)dev != 0x1234)
		return -1;
	info->asic_id = 0x4321;
	return 0;
}

int amdgpu_bo_import(amdgpu_device_handle dev, enum amdgpu_bo_handle_type type,
		     uint32_t shared_handle, struct amdgpu_bo_import_result *output)
{
	if ((uintptr_t)dev != 0x1234 || type != amdgpu_bo_handle_type_dma_buf_fd)
		return -1;
	output->buf_handle = (amdgpu_bo_handle)0x5678;
	output->alloc_size = shared_handle;
	return 0;
}

int amdgpu_bo_free(amdgpu_bo_handle buf_handle)
{
	return (uintptr_t)buf_handle == 0x5678 ? 0 : -1;
}
