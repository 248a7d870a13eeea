// Package announcements shows what the organisation tells its field: news, policies, price lists, products, promotions (domain
// section E1). A rep reads and confirms; managers and channel operations publish.
package announcements
