// Package regions has the names of the regions.
package regions

// The regions. A region that is missing here is given as text.
const (
	Bangkok       = "ap-bangkok"
	Beijing       = "ap-beijing"
	Chengdu       = "ap-chengdu"
	Chongqing     = "ap-chongqing"
	Guangzhou     = "ap-guangzhou"
	GuangzhouOpen = "ap-guangzhou-open"
	HongKong      = "ap-hongkong"
	Jakarta       = "ap-jakarta"
	Mumbai        = "ap-mumbai"
	Seoul         = "ap-seoul"
	Shanghai      = "ap-shanghai"
	Nanjing       = "ap-nanjing"
	ShanghaiFSI   = "ap-shanghai-fsi"
	ShenzhenFSI   = "ap-shenzhen-fsi"
	Singapore     = "ap-singapore"
	Tokyo         = "ap-tokyo"
	Frankfurt     = "eu-frankfurt"
	Moscow        = "eu-moscow"
	Ashburn       = "na-ashburn"
	SiliconValley = "na-siliconvalley"
	Toronto       = "na-toronto"
	SaoPaulo      = "sa-saopaulo"
)
