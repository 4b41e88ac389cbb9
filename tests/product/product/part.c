#include "specimen_c.h"

int count_in_c(const uint8_t* rgb);

int count_in_c(const uint8_t* rgb) {
    static specimen_workspace workspace;
    const ssd_image image = {rgb, 40, 30, 40 * 3, SSD_RGB};
    ssd_detection found[5];
    specimen_init(&workspace);
    return specimen_detect(&image, &workspace, found, 5, NULL, NULL);
}
